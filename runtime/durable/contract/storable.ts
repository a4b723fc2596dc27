// PostgreSQL takes neither NUL nor half a surrogate pair, not even escaped. Error texts from devices hold both.

export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '');

/** JSON that can be stored. Values that are JSON texts themselves lose nothing: there both stand escaped once more. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  // Without an escape there is nothing to mend, and asking about every text would double the cost.
  return json.includes('\\u')
    ? JSON.stringify(value, (_, each: unknown) => (typeof each === 'string' ? storable(each) : each))
    : json;
}
