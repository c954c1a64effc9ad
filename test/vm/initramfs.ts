/**
 * An initramfs in cpio's "newc" form (kernel: Documentation/driver-api/early-userspace/buffer-format.rst), uncompressed:
 * the guest runs under emulation, where decompressing costs more than reading.
 */
import { readFileSync } from 'node:fs';

const REGULAR = 0o100000;
const DIRECTORY = 0o040000;
const SYMLINK = 0o120000;

export class Initramfs {
  private readonly chunks: Buffer[] = [];
  private readonly folders = new Set<string>();
  private inode = 1;

  /** Contents, or a file of this machine by its path. */
  file(path: string, contents: Buffer | string, mode = 0o755): this {
    this.parents(path);
    return this.entry(path, REGULAR | mode, typeof contents === 'string' ? Buffer.from(contents) : contents);
  }

  copy(path: string, source: string, mode = 0o755): this {
    return this.file(path, readFileSync(source), mode);
  }

  folder(path: string): this {
    if (path === '' || this.folders.has(path)) return this;
    this.parents(path);
    this.folders.add(path);
    return this.entry(path, DIRECTORY | 0o755, Buffer.alloc(0));
  }

  link(path: string, to: string): this {
    this.parents(path);
    return this.entry(path, SYMLINK | 0o777, Buffer.from(to));
  }

  /** The archive; nothing may be added afterwards. */
  build(): Buffer {
    this.entry('TRAILER!!!', 0, Buffer.alloc(0));
    return Buffer.concat(this.chunks);
  }

  private parents(path: string): void {
    const at = path.lastIndexOf('/');
    if (at > 0) this.folder(path.slice(0, at));
  }

  private entry(path: string, mode: number, data: Buffer): this {
    const name = Buffer.from(`${path}\0`);
    const fields = [this.inode++, mode, 0, 0, 1, 0, data.length, 0, 0, 0, 0, name.length, 0];
    const header = Buffer.from(`070701${fields.map((f) => f.toString(16).padStart(8, '0')).join('')}`);
    this.chunks.push(pad(Buffer.concat([header, name])), pad(data));
    return this;
  }
}

/** Every part is padded to four bytes. */
function pad(buffer: Buffer): Buffer {
  const rest = buffer.length % 4;
  return rest === 0 ? buffer : Buffer.concat([buffer, Buffer.alloc(4 - rest)]);
}
