/** BTF types as objects, decoded on demand. Ids refer to the same Btf; 0 is void. */
export interface BtfMember {
  /** '' for anonymous members. */
  readonly name: string;
  readonly type: number;
  readonly bitOffset: number;
  /** 0 for a member that is no bit field. */
  readonly bitSize: number;
}

export type BtfType =
  | { readonly kind: 'void' }
  | {
      readonly kind: 'int';
      readonly name: string;
      readonly size: number;
      readonly signed: boolean;
      readonly char: boolean;
      readonly bool: boolean;
      readonly bitOffset: number;
      readonly bits: number;
    }
  | { readonly kind: 'float'; readonly name: string; readonly size: number }
  | { readonly kind: 'pointer'; readonly type: number }
  | { readonly kind: 'array'; readonly type: number; readonly count: number }
  | {
      readonly kind: 'struct' | 'union';
      readonly name: string;
      readonly size: number;
      readonly members: readonly BtfMember[];
    }
  | {
      readonly kind: 'enum';
      readonly name: string;
      readonly size: number;
      readonly signed: boolean;
      readonly values: readonly { readonly name: string; readonly value: bigint }[];
    }
  | { readonly kind: 'forward'; readonly name: string; readonly union: boolean }
  | { readonly kind: 'typedef'; readonly name: string; readonly type: number }
  | { readonly kind: 'volatile' | 'const' | 'restrict'; readonly type: number }
  | { readonly kind: 'type-tag'; readonly name: string; readonly type: number }
  | { readonly kind: 'function'; readonly name: string; readonly type: number }
  | {
      readonly kind: 'prototype';
      readonly returns: number;
      readonly params: readonly { readonly name: string; readonly type: number }[];
    }
  | { readonly kind: 'other' };
