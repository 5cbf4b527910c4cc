import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRoutes } from '../../../local/http-api/routes.ts';

const find = (routeKeys: readonly string[], method: string, path: string) => {
  const match = compileRoutes(routeKeys.map((routeKey) => ({ routeKey })))(method, path);
  return match && [match.route.routeKey, match.pathParameters];
};

describe('matching a route', () => {
  const keys = [
    '$default',
    'ANY /pets/{proxy+}',
    'ANY /pets/{id}',
    'GET /pets/{id}',
    'ANY /pets/dog',
    'GET /',
  ];

  it.each<[string, string, string, Record<string, string>]>([
    ['POST', '/pets/dog', 'ANY /pets/dog', {}],
    ['GET', '/pets/dog', 'ANY /pets/dog', {}],
    ['GET', '/pets/cat', 'GET /pets/{id}', { id: 'cat' }],
    ['PUT', '/pets/cat', 'ANY /pets/{id}', { id: 'cat' }],
    ['GET', '/pets/cat/toys/1', 'ANY /pets/{proxy+}', { proxy: 'cat/toys/1' }],
    ['GET', '/', 'GET /', {}],
    ['GET', '/pets', '$default', {}],
    ['GET', '/pets/', '$default', {}],
    ['GET', '/nothing', '$default', {}],
  ])('takes %s %s to %s', (method, path, routeKey, parameters) => {
    expect(find(keys, method, path)).toEqual([routeKey, parameters]);
  });

  it('prefers a route without a greedy variable to one that is literal for longer', () => {
    expect(find(['GET /a/{rest+}', 'GET /{first}/b'], 'GET', '/a/b')).toEqual([
      'GET /{first}/b',
      { first: 'a' },
    ]);
  });

  it('finds nothing for another method, another case, a final slash or an empty variable', () => {
    const routes = ['GET /events', 'GET /events/{id}'];
    expect(find(routes, 'POST', '/events')).toBeUndefined();
    expect(find(routes, 'GET', '/Events')).toBeUndefined();
    expect(find(routes, 'GET', '/events/')).toBeUndefined();
  });

  it('decodes variables, and an encoded slash does not separate segments', () => {
    expect(find(['GET /x/{a}'], 'GET', '/x/a%2Fb%20%C3%A9')).toEqual(['GET /x/{a}', { a: 'a/b é' }]);
    expect(find(['GET /x/{a}'], 'GET', '/x/100%')).toEqual(['GET /x/{a}', { a: '100%' }]);
  });

  it('never depends on the order in which routes are declared', () => {
    const segment = fc.constantFrom('a', 'b', '{x}', '{y}');
    const paths = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 });
    const shape = (key: string) => key.replace(/\{[xy]\}/g, '{}');
    const key = fc
      .tuple(
        fc.constantFrom('GET', 'ANY'),
        fc.array(segment, { minLength: 1, maxLength: 2 }),
        fc.constantFrom('', '/{r+}'),
      )
      .map(([method, segments, greedy]) => `${method} /${segments.join('/')}${greedy}`);
    const routeKeys = fc.uniqueArray(key, { selector: shape, maxLength: 8 });
    const shuffled = routeKeys.chain((keyList) =>
      fc.tuple(fc.constant(keyList), fc.shuffledSubarray(keyList, { minLength: keyList.length })),
    );
    fc.assert(
      fc.property(shuffled, paths, ([one, other], path) => {
        const target = `/${path.join('/')}`;
        expect(find(one, 'GET', target)).toEqual(find(other, 'GET', target));
      }),
    );
  });

  it.each([
    [['FETCH /a'], /'FETCH \/a' is not a route key/],
    [['GET a'], /not a route key/],
    [['GET /{rest+}/a'], /must come last/],
    [['GET /a', 'GET /a'], /'GET \/a' is declared twice/],
  ])('refuses the routes %j', (routeKeys, problem) => {
    expect(() => compileRoutes(routeKeys.map((routeKey) => ({ routeKey })))).toThrow(problem);
  });
});
