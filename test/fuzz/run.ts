// `npm run fuzz [-- seconds [seed [name]]]`: every fuzz program, or one, for so many seconds (default 20 each).
import { fuzzFiles } from './files.ts';
import { fuzzHostile } from './hostile.ts';
import { fuzzParser } from './parser.ts';
import { fuzzPrograms } from './programs.ts';

const seconds = Number(process.argv[2] ?? 20);
const seed = Number(process.argv[3] ?? Date.now() % 0x7fffffff);

const programs = { parser: fuzzParser, hostile: fuzzHostile, files: fuzzFiles, programs: fuzzPrograms };
const only = process.argv[4];
let good = true;
for (const [name, program] of Object.entries(programs)) {
  if (only === undefined || only === name) good = (await program(seconds, seed)) && good;
}
process.exitCode = good ? 0 : 1;
