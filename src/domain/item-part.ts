// A file may hold several episodes. The server has one item for it; here each episode has an item of its own: the first
// goes by the server's id, the others by that id and their number. No server uses "#" in its ids.

/** The item of a further episode in the file of `itemId`. */
export const partItemId = (itemId: string, number: number): string => `${itemId}#${number}`;

/** The server's own id of an item. */
export const wholeItemId = (itemId: string): string => itemId.split("#", 1)[0] ?? itemId;

export const isPart = (itemId: string): boolean => itemId.includes("#");
