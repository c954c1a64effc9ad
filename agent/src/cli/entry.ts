#!/usr/bin/env node
/** What `bpfscope` in package.json starts. */
import { main } from './main.ts';

// Whoever reads our output may go away (`| head`): that ends the command, and is no mistake.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  // A server goes on: only its log has no reader any more.
  if (process.argv[2] !== 'serve') process.exit();
});

process.exitCode = await main(process.argv.slice(2));
