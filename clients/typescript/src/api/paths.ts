/** A path with the query values that are given. */
export function pathOf(path: string, query: Readonly<Record<string, string | number | boolean | null | undefined>>): string {
  const values = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return values.length === 0 ? path : `${path}?${values.join("&")}`;
}

/** The path of a page. */
export function pageOf(path: string, options: { limit?: number | undefined; cursor?: string | null | undefined } | undefined): string {
  return pathOf(path, { limit: options?.limit, cursor: options?.cursor });
}

/** A text as one segment of a path. */
export function segment(text: string): string {
  return encodeURIComponent(text);
}
