/** The pages of a listing, named for people. > A listing that goes round in circles never comes to its end: that throws. */
export async function* distinctPages<Page extends { readonly NextToken?: string | undefined }>(
  listing: string,
  pages: AsyncIterable<Page>,
) {
  const tokens = new Set<string>();
  for await (const page of pages) {
    const { NextToken: token } = page;
    if (token !== undefined && tokens.has(token))
      throw new Error(`the listing of ${listing} repeats its token ${token}`);
    if (token !== undefined) tokens.add(token);
    yield page;
  }
}
