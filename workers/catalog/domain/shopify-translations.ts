/**
 * What the columns of Shopify's template and the words in them are in other languages, as far as known, in lower case. Columns of
 * options are known by what their name is made of, because every language puts its parts in another order.
 */
import type { ColumnName } from './shopify-names.ts';

export const translatedNames: Readonly<Record<string, ColumnName>> = {
  // German
  titel: 'Title',
  'url-handle': 'Handle',
  beschreibung: 'Body (HTML)',
  'textkörper (html)': 'Body (HTML)',
  anbieter: 'Vendor',
  verkäufer: 'Vendor',
  typ: 'Type',
  veröffentlicht: 'Published',
  'im onlineshop veröffentlicht': 'Published',
  artikelnummer: 'Variant SKU',
  preis: 'Variant Price',
  vergleichspreis: 'Variant Compare At Price',
  'steuern erheben': 'Variant Taxable',
  'steuern berechnen': 'Variant Taxable',
  inventarmenge: 'Variant Inventory Qty',
  bestandsmenge: 'Variant Inventory Qty',
  'gewicht (gramm)': 'Variant Grams',
  'versand erforderlich': 'Variant Requires Shipping',
  'produktbild-url': 'Image Src',
  bildposition: 'Image Position',
  'bild-alt-text': 'Image Alt Text',
  geschenkgutschein: 'Gift Card',
  geschenkkarte: 'Gift Card',
  'varianten-bild-url': 'Variant Image',
  'variantenbild-url': 'Variant Image',
  'seo-titel': 'SEO Title',
  'seo-beschreibung': 'SEO Description',
  // French
  titre: 'Title',
  identifiant: 'Handle',
  "identifiant d'url": 'Handle',
  "handle d'url": 'Handle',
  'corps (html)': 'Body (HTML)',
  fournisseur: 'Vendor',
  distributeur: 'Vendor',
  balises: 'Tags',
  statut: 'Status',
  publié: 'Published',
  'publié sur la boutique en ligne': 'Published',
  'publié dans la boutique en ligne': 'Published',
  prix: 'Variant Price',
  'prix avant réduction': 'Variant Compare At Price',
  'quantité en stock': 'Variant Inventory Qty',
  'code-barres': 'Variant Barcode',
  'facturer la taxe': 'Variant Taxable',
  'expédition requise': 'Variant Requires Shipping',
  'poids (grammes)': 'Variant Grams',
  "url de l'image du produit": 'Image Src',
  "position de l'image": 'Image Position',
  "texte alternatif de l'image": 'Image Alt Text',
  "url de l'image de la variante": 'Variant Image',
  'carte-cadeau': 'Gift Card',
  'titre seo': 'SEO Title',
  'description seo': 'SEO Description',
  // Spanish
  título: 'Title',
  'identificador de url': 'Handle',
  descripción: 'Body (HTML)',
  proveedor: 'Vendor',
  tipo: 'Type',
  etiquetas: 'Tags',
  estado: 'Status',
  publicado: 'Published',
  'publicado en la tienda online': 'Published',
  precio: 'Variant Price',
  'precio de comparación': 'Variant Compare At Price',
  'cantidad de inventario': 'Variant Inventory Qty',
  'código de barras': 'Variant Barcode',
  'cobrar impuestos': 'Variant Taxable',
  'requiere envío': 'Variant Requires Shipping',
  'tarjeta de regalo': 'Gift Card',
  'título seo': 'SEO Title',
  'descripción seo': 'SEO Description',
  // Japanese
  タイトル: 'Title',
  ハンドル: 'Handle',
  urlハンドル: 'Handle',
  'url ハンドル': 'Handle',
  説明: 'Body (HTML)',
  販売元: 'Vendor',
  タイプ: 'Type',
  タグ: 'Tags',
  ステータス: 'Status',
  価格: 'Variant Price',
  割引前価格: 'Variant Compare At Price',
  在庫数: 'Variant Inventory Qty',
  オンラインストアで公開: 'Published',
  オンラインストアでの公開: 'Published',
  ギフトカード: 'Gift Card',
  バーコード: 'Variant Barcode',
};

const optionWords = /option|opci[oó]n|opzione|op[cç][aã]o|optie|opcj|オプション|옵션|选项|選項/;
const nameWords = /name|nom\b|nombre|nome|naam|nazwa|navn|namn|名前|名称|名稱|이름/;
const valueWords = /value|wert|valeur|valor|waarde|wartość|værdi|verdi|värde|値|值|값/;
/** Those that say what an option is linked to name neither its name nor its value. */
const otherWords = /metafields|link|verknüpf/;

/** The column of an option, such as `Option1-Wert`, `Valeur de l'option 1` or `オプション1の値`; undefined for any other. */
export function optionColumn(name: string): ColumnName | undefined {
  const [number, ...more] = name.match(/\d/g) ?? [];
  const isOne = more.length === 0 && optionWords.test(name) && !otherWords.test(name);
  if (!isOne || (number !== '1' && number !== '2' && number !== '3')) return undefined;
  if (valueWords.test(name)) return `Option${number} Value`;
  return nameWords.test(name) ? `Option${number} Name` : undefined;
}

/** As spreadsheets of these languages write it. */
const truths: ReadonlySet<string> = new Set([
  ...['true', 'yes', '1', 'wahr', 'ja', 'vrai', 'oui', 'verdadero', 'sí', 'vero', 'sì', 'verdadeiro', 'sim', 'waar'],
]);
const untruths: ReadonlySet<string> = new Set([
  ...['false', 'no', '0', 'falsch', 'nein', 'faux', 'non', 'falso', 'não', 'onwaar', 'nee'],
]);

/** Undefined where a cell says neither. */
export function isTrue(cell: string): boolean | undefined {
  const word = cell.normalize('NFC').toLowerCase();
  return truths.has(word) ? true : untruths.has(word) ? false : undefined;
}

/** What a status is called in them. A product that is unlisted is sold to who has its address. */
export const statusNames: Readonly<Record<string, 'active' | 'draft' | 'archived'>> = {
  active: 'active',
  draft: 'draft',
  archived: 'archived',
  unlisted: 'active',
  // German
  aktiv: 'active',
  entwurf: 'draft',
  archiviert: 'archived',
  // French
  actif: 'active',
  brouillon: 'draft',
  archivé: 'archived',
  // Spanish
  activo: 'active',
  borrador: 'draft',
  archivado: 'archived',
  // Japanese
  アクティブ: 'active',
  公開: 'active',
  下書き: 'draft',
  アーカイブ済み: 'archived',
};
