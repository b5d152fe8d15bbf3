/** The languages of the desk as options. */

import { toOptions } from "../administration/frame/fields.js";
import { LANGUAGES } from "../administration/texts/languages.js";

export const listLanguages = () =>
  toOptions(Object.entries(LANGUAGES), ([code, name]) => [code, name]);
