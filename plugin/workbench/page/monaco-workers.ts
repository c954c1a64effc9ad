/** Monaco's helper thread (word completion, diffs), served with the page: nothing comes from elsewhere. */
export function startEditorWorkers(): void {
  window.MonacoEnvironment = {
    getWorker: () => new Worker(new URL('monaco-editor/esm/vs/editor/editor.worker.js', import.meta.url)),
  };
}
