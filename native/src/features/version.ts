/** `6.1.0-18-amd64` as 6001: for comparing. Only to explain a refusal, never to decide what to try. */
export const versionNumber = (version: string): number => {
  const [major = 0, minor = 0] = version.split('.').map((part) => parseInt(part, 10));
  return major * 1000 + minor;
};
