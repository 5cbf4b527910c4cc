import * as z from 'zod';

const PAGE_ITEMS_MAX = 100;

/** What a list is asked with. The cursor is what the page before answered, and means nothing to anyone else. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(PAGE_ITEMS_MAX).default(50),
  cursor: z.string().min(1).max(2048).optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;
