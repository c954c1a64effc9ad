#!/usr/bin/env node
/** What `bpfscope` in package.json starts. */
import { main } from './main.ts';

process.exitCode = await main(process.argv.slice(2));
