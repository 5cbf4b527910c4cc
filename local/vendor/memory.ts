type Payload = Record<string, unknown> & { readonly grantId?: string; readonly uid?: string };

/** What oidc-provider keeps, for as long as this process lives. It is given anew for each kind of thing that is kept. */
export const memoryAdapter = () => {
  const kinds = new Map<string, Map<string, Payload>>();
  return (kind: string) => {
    const kept = kinds.get(kind) ?? new Map<string, Payload>();
    kinds.set(kind, kept);
    return {
      upsert: async (id: string, payload: Payload) => void kept.set(id, payload),
      find: async (id: string) => kept.get(id),
      findByUid: async (uid: string) => [...kept.values()].find((payload) => payload.uid === uid),
      destroy: async (id: string) => void kept.delete(id),
      async consume(id: string) {
        const payload = kept.get(id);
        if (payload) kept.set(id, { ...payload, consumed: Math.floor(Date.now() / 1000) });
      },
      async revokeByGrantId(grantId: string) {
        for (const [id, payload] of kept) if (payload.grantId === grantId) kept.delete(id);
      },
    };
  };
};
