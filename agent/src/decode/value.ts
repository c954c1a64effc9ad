/** Bytes to values by type: `decoderOf` makes one closure per type, so that a stream of events pays for the look at the type once. */
import { elementOffsets, elementTypes, sizeOf } from '../language/layout.ts';
import { bytesText } from '../language/string-bytes.ts';
import type { Field, StructTable, Type } from '../language/types.ts';
import type { Datum } from './datum.ts';
import { inetText, macText } from './address.ts';
import { narrow, readInteger, readUnsigned64 } from './integer.ts';
import type { Names } from './names.ts';
import { strftime } from './strftime.ts';

export interface DecodeContext {
  readonly names: Names;
  readonly structs: StructTable;
  /** Appended to strings that were cut off. */
  readonly truncation: string;
}

export type Decoder = (view: DataView, offset: number) => Datum;

type DecoderMaker<K extends Type['kind']> = (type: Extract<Type, { kind: K }>, context: DecodeContext) => Decoder;

export function decoderOf(type: Type, context: DecodeContext): Decoder {
  const make = MAKERS[type.kind] as DecoderMaker<typeof type.kind>;
  return make(type as never, context);
}

/** Decodes one value that stands alone. */
export function decodeBytes(type: Type, bytes: Uint8Array, context: DecodeContext): Datum {
  return decoderOf(type, context)(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
}

const MAKERS: { readonly [K in Type['kind']]: DecoderMaker<K> } = {
  none: () => () => null,
  bool: () => (view, offset) => view.getUint8(offset) !== 0,
  int:
    ({ size, signed }) =>
    (view, offset) =>
      readInteger(view, offset, size, signed),
  enum:
    ({ size, signed, members, isText = false, unknown = '' }) =>
    (view, offset) => {
      const number = readInteger(view, offset, size, signed);
      return { kind: 'symbol', symbol: members.get(BigInt(number)) ?? `${unknown}${number}`, number, isText };
    },
  string: ({ size }, { truncation }) => stringDecoder(size, truncation),
  buffer:
    ({ size }) =>
    (view, offset) => {
      const length = Math.min(view.getUint32(offset, true), size);
      return new Uint8Array(view.buffer, view.byteOffset + offset + 4, length).slice();
    },
  pointer: () => (view, offset) => {
    const number = view.getBigUint64(offset, true);
    return { kind: 'symbol', symbol: `0x${number.toString(16)}`, number: narrow(number) };
  },
  array: (type, context) => {
    const element = decoderOf(type.of, context);
    const stride = sizeOf(type.of);
    return (view, offset) => ({
      kind: 'array',
      values: Array.from({ length: type.count }, (_, index) => element(view, offset + index * stride)),
    });
  },
  struct: (type, context) => structDecoder(context.structs.fields(type.id) ?? [], context),
  tuple: (type, context) => {
    const elements = elementDecoders(type, context);
    return (view, offset) => ({
      kind: 'tuple',
      values: elements.map((element) => element.decode(view, offset + element.offset)),
    });
  },
  record: (type, context) => {
    const elements = elementDecoders(type, context);
    return (view, offset) => ({
      kind: 'record',
      fields: elements.map(
        (element, index) => [type.fields[index]?.name ?? '', element.decode(view, offset + element.offset)] as const,
      ),
    });
  },
  inet: () => (view, offset) =>
    inetText(view.getUint32(offset, true), new Uint8Array(view.buffer, view.byteOffset + offset + 8, 16)),
  mac: () => (view, offset) => macText(new Uint8Array(view.buffer, view.byteOffset + offset, 6)),
  ksym:
    (_type, { names }) =>
    (view, offset) => {
      const address = view.getBigUint64(offset, true);
      return address === 0n ? NOWHERE : names.kernelSymbol(address);
    },
  usym:
    (_type, { names }) =>
    (view, offset) => {
      const address = view.getBigUint64(offset, true);
      const probe = view.getUint32(offset + 12, true);
      // A probe's function has no address.
      if (address === 0n && probe === 0) return NOWHERE;
      return names.userSymbol(address, view.getUint32(offset + 8, true), probe);
    },
  kstack:
    ({ mode, depth }, { names }) =>
    (view, offset) => ({ kind: 'stack', ...names.kernelStack(stackId(view, offset), mode, depth) }),
  ustack:
    ({ mode, depth }, { names }) =>
    (view, offset) => ({
      kind: 'stack',
      ...names.userStack(
        stackId(view, offset),
        view.getUint32(offset + 8, true),
        view.getUint32(offset + 12, true),
        mode,
        depth,
      ),
    }),
  timestamp:
    ({ format, clock }, { names }) =>
    (view, offset) =>
      strftime(format, names.realTime(view.getBigUint64(offset, true), clock)),
  cgroup_path:
    ({ filter }, { names }) =>
    (view, offset) =>
      names.cgroupPath(view.getBigUint64(offset, true), filter),
  username:
    (_type, { names }) =>
    (view, offset) =>
      names.userName(view.getBigUint64(offset, true)),
  /** An aggregate read inside an expression arrives as its folded integer. */
  aggregate: () => (view, offset) => readUnsigned64(view, offset),
};

/** The symbol at address 0, as bpftrace prints it. */
const NOWHERE = '0';

/** The id is a 32-bit number; the upper half may hold how many frames there are, see types.ts. */
const stackId = (view: DataView, offset: number): bigint => BigInt(view.getInt32(offset, true));

/** What str() leaves in the last byte of a string that it cut off: never part of UTF-8 (compiler/functions/strings.ts). */
const MARK = 0xff;

/** A string without a NUL was cut off when the mark stands at its end; else it is a character array that is full. */
function stringDecoder(size: number, truncation: string): Decoder {
  return (view, offset) => {
    const bytes = new Uint8Array(view.buffer, view.byteOffset + offset, size);
    let length = bytes.indexOf(0);
    const cut = length < 0 && bytes[size - 1] === MARK;
    if (length < 0) length = cut ? size - 1 : size;
    let text = '';
    for (let index = 0; index < length; index++) {
      const byte = bytes[index] ?? 0;
      // Most strings are short ASCII: building them is cheaper than the decoder's set-up.
      if (byte >= 0x80 || length > 64) {
        text = bytesText(bytes.subarray(0, length));
        break;
      }
      text += String.fromCharCode(byte);
    }
    return cut ? text + truncation : text;
  };
}

function elementDecoders(type: Type, context: DecodeContext): { readonly offset: number; readonly decode: Decoder }[] {
  const offsets = elementOffsets(type);
  return (elementTypes(type) ?? []).map((element, index) => ({
    offset: offsets[index] ?? 0,
    decode: decoderOf(element, context),
  }));
}

function structDecoder(fields: readonly Field[], context: DecodeContext): Decoder {
  const members = flatten(fields, context, 0).map((field) => ({
    name: field.name,
    decode: memberDecoder(field, context),
    offset: field.offset,
  }));
  return (view, offset) => ({
    kind: 'record',
    fields: members.map((member) => [member.name, member.decode(view, offset + member.offset)] as const),
  });
}

/** Members of anonymous structs and unions belong to the struct that they are in. */
function flatten(fields: readonly Field[], context: DecodeContext, base: number): Field[] {
  return fields.flatMap((field): Field[] => {
    const offset = base + field.offset;
    if (field.name !== '' || field.type.kind !== 'struct') return [{ ...field, offset }];
    return flatten(context.structs.fields(field.type.id) ?? [], context, offset);
  });
}

function memberDecoder(field: Field, context: DecodeContext): Decoder {
  const { bits, type } = field;
  if (bits === undefined) return decoderOf(type, context);
  const signed = (type.kind === 'int' || type.kind === 'enum') && type.signed;
  return (view, offset) => {
    let raw = 0n;
    // In a packed struct 64 bits may lie in nine bytes.
    for (let index = Math.ceil((bits.offset + bits.width) / 8) - 1; index >= 0; index--) {
      raw = (raw << 8n) | BigInt(view.getUint8(offset + index));
    }
    const value = raw >> BigInt(bits.offset);
    return narrow(signed ? BigInt.asIntN(bits.width, value) : BigInt.asUintN(bits.width, value));
  };
}
