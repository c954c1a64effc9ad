/** What is wrong with an agent URL, in a sentence; null when nothing is. An empty one means the default. */
export function urlProblem(url: string): string | null {
  if (url === '') return null;
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return 'Write a complete URL, such as http://127.0.0.1:9435.';
  }
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') return 'The URL starts with http:// or https://.';
  if (parsed.username !== '' || parsed.password !== '')
    return 'Put no user or password in the URL: the agent wants a token.';
  if (parsed.search !== '' || parsed.hash !== '') return 'Leave out everything after the path.';
  return null;
}
