/** Markdown, which editors show in hovers and beside completions. */
export const code = (text: string): string => `\`\`\`\n${text}\n\`\`\``;
