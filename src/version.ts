/** The product's version, as shown by `--version`, `/api/health` and to every service we call. */
export const VERSION = "0.4.0";
export const PRODUCT = "Episode Tracker";
