import * as z from 'zod';

/** Technology tags decorate; nothing is decided by them. */
export const TechnologyTags = z.array(z.string().min(1).max(60)).max(50).optional();

/** Why something is said, or who is eligible for it. `kind` is the publisher's word for the sort of argument. */
export const Argument = z.object({
  kind: z.string().regex(/^[a-z][a-z0-9_]{0,59}$/, 'must be a lower-case word'),
  text: z.string().min(1).max(500),
});
export type Argument = z.infer<typeof Argument>;

const TAG_KINDS = new Set([
  'technology',
  'technologies',
  'technology_tag',
  'technology_tags',
  'tech_tag',
  'tech_stack',
]);

const fold = (text: string) => text.trim().toLowerCase();

/** Whether an argument is nothing but a technology tag: by its kind, or by repeating one of the payload's tags. */
export const isTechnologyTag = (argument: Argument, tags: readonly string[] = []): boolean =>
  TAG_KINDS.has(argument.kind) || tags.some((tag) => fold(tag) === fold(argument.text));
