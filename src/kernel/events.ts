/** A typed in-process bus. Publishing never throws and never waits; publish after commit only. */
export type EventBus<Events extends Record<string, unknown>> = {
  publish<Name extends keyof Events>(name: Name, payload: Events[Name]): void;
  /** Returns the function that ends the subscription. */
  subscribe(listener: <Name extends keyof Events>(name: Name, payload: Events[Name]) => void): () => void;
};

export function createEventBus<Events extends Record<string, unknown>>(
  onError: (error: unknown) => void,
): EventBus<Events> {
  const listeners = new Set<<Name extends keyof Events>(name: Name, payload: Events[Name]) => void>();
  return {
    publish(name, payload) {
      for (const listener of listeners) {
        try {
          listener(name, payload);
        } catch (error) {
          onError(error);
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
