/** The languages of texts, in their own words. */

export const LANGUAGES = /** @type {const} */ ({ en: "English", id: "Bahasa Indonesia" });
