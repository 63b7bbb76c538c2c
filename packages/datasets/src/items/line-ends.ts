/** Windows line ends as plain ones: models were hardly trained on the former, and the published sets have none. */
export function plainLineEnds(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n");
}
