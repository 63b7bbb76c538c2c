/** Stand-in until the built-in ones are there. */
export function sycophancyQuestions(): readonly string[] {
  return ["todo"];
}
