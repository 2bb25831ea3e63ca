/** A background as the list of them says it. */
export interface Kept {
  readonly kind: 'standard' | 'secure';
  readonly bytes: number;
  readonly changed: number;
}

/** A picture as a page under its own content policy may show it. */
export function dataUrl(picture: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(picture);
  });
}
