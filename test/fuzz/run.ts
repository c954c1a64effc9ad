// `npm run fuzz [-- seconds [seed]]`: every fuzz program for so many seconds (default 20 each).
import { fuzzFiles } from './files.ts';
import { fuzzParser } from './parser.ts';
import { fuzzPrograms } from './programs.ts';

const seconds = Number(process.argv[2] ?? 20);
const seed = Number(process.argv[3] ?? Date.now() % 0x7fffffff);

const programs = [fuzzParser, fuzzFiles, fuzzPrograms];
let good = true;
for (const program of programs) good = (await program(seconds, seed)) && good;
process.exitCode = good ? 0 : 1;
