/** Types of DWARF as plain data. What a pointer points to and what a struct holds is read when it is asked for. */

/** Identifies a type in a binary: its entry's place in the section. */
export interface TypeRef {
  readonly id: string;
}

export type DwarfType =
  | { readonly kind: 'void' }
  | { readonly kind: 'bool'; readonly size: number }
  | { readonly kind: 'int'; readonly size: number; readonly signed: boolean; readonly char: boolean }
  | { readonly kind: 'float'; readonly size: number; readonly complex: boolean }
  | { readonly kind: 'pointer'; readonly to: DwarfType | (() => DwarfType) }
  | { readonly kind: 'array'; readonly of: DwarfType; readonly count: number }
  | {
      readonly kind: 'enum';
      readonly name: string;
      readonly size: number;
      readonly signed: boolean;
      readonly members: ReadonlyMap<bigint, string>;
    }
  | DwarfStruct
  /** Something that only a language's own rules describe. */
  | { readonly kind: 'unknown'; readonly size: number };

export interface DwarfStruct {
  readonly kind: 'struct';
  readonly union: boolean;
  readonly name: string;
  /** Of the definition, unique in the binary. */
  readonly id: string;
  /** 0 when only the declaration is known. */
  readonly size: number;
  readonly align: number;
  /** A class that functions get by reference, although it is a value: null when the compiler did not say. */
  readonly byReference: boolean | null;
  /** null: only declared. */
  readonly members: () => readonly DwarfMember[] | null;
}

export interface DwarfMember {
  /** '' for anonymous structs and for base classes: their members are the struct's own. */
  readonly name: string;
  readonly type: DwarfType;
  /** Bytes from the start of the struct. */
  readonly offset: number;
  /** Bit field: first bit from the start of the struct. */
  readonly bits?: { readonly offset: number; readonly width: number };
}
