/** Keys have dozens of characters; what is shorter is a placeholder such as `none`, and would be found in any text. */
const MIN_SECRET_LENGTH = 8;

/** A function that writes `<key>` wherever the key stands in a text. */
export function redactor(key: string | undefined): (text: string) => string {
  return key === undefined || key.length < MIN_SECRET_LENGTH
    ? (text) => text
    : (text) => text.replaceAll(key, "<key>");
}
