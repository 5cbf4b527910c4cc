/** Elements by name; each holds text or other elements. */
export interface XmlTree {
  readonly [element: string]: string | XmlTree;
}

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);

const elements = (tree: XmlTree): string =>
  Object.entries(tree)
    .map(
      ([name, content]) =>
        `<${name}>${typeof content === 'string' ? escaped(content) : elements(content)}</${name}>`,
    )
    .join('');

/** A document of the Query protocol of STS. */
export const xmlDocument = (root: string, tree: XmlTree): string =>
  `<${root} xmlns="${NAMESPACE}">${elements(tree)}</${root}>`;
