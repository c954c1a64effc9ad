// `npm test`: every suite in order, one count at the end. `npm test -- unit kernel` runs only those.
// A suite that cannot run here is skipped with its reason, and counted; as root with BPF nothing is skipped silently.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mountKernelFilesystems } from './mounts.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const reports = join(root, 'artifacts', 'test');
const bin = (name) => join(root, 'node_modules', '.bin', name);

/** What a suite needs: a test of this machine, and the words for its absence. */
const isRoot = () => (process.getuid?.() === 0 ? null : 'needs root: BPF programs cannot be loaded');
const chromium = () =>
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].some(existsSync)
    ? null
    : 'needs Chromium at /usr/bin/chromium';
const all =
  (...needs) =>
  () =>
    needs.map((need) => need()).find((reason) => reason !== null) ?? null;

/** Suites in the order in which they fail soonest. */
const SUITES = [
  { name: 'lint', run: () => check('lint', bin('eslint'), ['.']) },
  { name: 'format', run: () => check('format', bin('prettier'), ['--check', '--log-level', 'warn', '.']) },
  { name: 'types', run: () => check('types', bin('tsc'), ['-b']) },
  { name: 'unit', run: () => vitest('unit') },
  { name: 'build', run: () => check('build', process.execPath, ['scripts/build.mjs']) },
  { name: 'kernel', needs: isRoot, run: () => vitest('kernel') },
  { name: 'host', needs: isRoot, run: () => vitest('host') },
  { name: 'browser', needs: all(isRoot, chromium), run: () => playwright() },
  { name: 'kernels', run: () => kernels() },
];

const totals = { passed: 0, failed: 0, skipped: 0 };
const notes = [];

function main() {
  const wanted = process.argv.slice(2).filter((arg) => !arg.startsWith('-'));
  const unknown = wanted.filter((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    console.error(`No such suite: ${unknown.join(', ')}. There are ${SUITES.map((suite) => suite.name).join(', ')}.`);
    process.exit(1);
  }
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  ensureDependencies();
  mountKernelFilesystems();
  for (const suite of SUITES) {
    if (wanted.length > 0 && !wanted.includes(suite.name)) continue;
    const reason = suite.needs?.() ?? null;
    if (reason !== null) {
      totals.skipped += 1;
      notes.push(`skipped: ${suite.name}: ${reason}`);
      continue;
    }
    const started = Date.now();
    console.log(`\n== ${suite.name}`);
    suite.run();
    console.log(`== ${suite.name}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
  }
  console.log(`\n${notes.join('\n')}`);
  console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
  process.exit(totals.failed > 0 ? 1 : 0);
}

function ensureDependencies() {
  if (existsSync(join(root, 'node_modules', '.package-lock.json'))) return;
  console.log('Installing dependencies (npm ci)');
  if (spawn('npm', ['ci']) !== 0) process.exit(1);
}

function spawn(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  if (error) console.error(`${command}: ${error.message}`);
  return status ?? 1;
}

/** A suite that passes or fails as a whole. */
function check(name, command, args) {
  record(name, spawn(command, args) === 0 ? { passed: 1 } : { failed: 1 });
}

function vitest(project) {
  const file = join(reports, `${project}.json`);
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const status = spawn(bin('vitest'), args);
  if (!existsSync(file)) return record(project, { failed: 1 });
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const failed = report.numFailedTests;
  // A file that does not even load has no tests to count.
  const broken = report.testResults.filter((f) => f.status === 'failed' && f.assertionResults.length === 0).length;
  for (const result of report.testResults.flatMap((f) => f.assertionResults)) {
    if (result.status === 'failed') notes.push(`failed: ${project}: ${result.fullName}${failure(result)}`);
    if (result.status === 'pending' || result.status === 'skipped' || result.status === 'todo') {
      notes.push(`skipped: ${project}: ${result.fullName}${skipReason(result)}`);
    }
  }
  const silent = status !== 0 && failed + broken === 0 ? 1 : 0;
  record(project, {
    passed: report.numPassedTests,
    failed: failed + broken + silent,
    skipped: report.numPendingTests + report.numTodoTests,
  });
}

/** What did not hold; its whole text is far above the summary. */
function failure({ failureMessages, duration }) {
  const lines = (failureMessages?.[0] ?? '').split('\n');
  const line = lines.find((text) => /expected .* to /.test(text)) ?? lines[0] ?? '';
  return line === '' ? '' : `: ${line.slice(0, 300)} (after ${Math.round(duration ?? 0)} ms)`;
}

function skipReason(result) {
  const note = result.meta?.skipReason ?? result.failureMessages?.[0];
  return note ? `: ${note}` : '';
}

function playwright() {
  const file = join(reports, 'browser.json');
  const status = spawn(
    bin('playwright'),
    ['test', '--config', 'test/browser/playwright.config.ts', '--reporter=list,json'],
    {
      PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    },
  );
  if (!existsSync(file)) return record('browser', { failed: 1 });
  const { stats } = JSON.parse(readFileSync(file, 'utf8'));
  const silent = status !== 0 && stats.unexpected === 0 ? 1 : 0;
  record('browser', {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + silent,
    skipped: stats.skipped,
  });
}

/** Kernels in virtual machines; one that cannot be fetched or booted here is skipped, with the reason. */
function kernels() {
  const file = join(reports, 'kernels.json');
  const status = spawn(process.execPath, ['scripts/ts.mjs', 'test/vm/matrix.ts', `--report=${file}`]);
  if (!existsSync(file)) return record('kernels', { failed: 1 });
  const { passed, failed, skipped } = JSON.parse(readFileSync(file, 'utf8'));
  for (const name of failed) notes.push(`failed: kernels: ${name}`);
  for (const reason of skipped) notes.push(`skipped: kernels: ${reason}`);
  const silent = status !== 0 && failed.length === 0 ? 1 : 0;
  record('kernels', { passed, failed: failed.length + silent, skipped: skipped.length });
}

function record(name, { passed = 0, failed = 0, skipped = 0 }) {
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped += skipped;
  notes.push(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
}

main();
