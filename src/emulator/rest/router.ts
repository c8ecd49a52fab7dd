import { ApiError } from './apiError.js';
import { type Exchange } from './exchange.js';

export type Handler = (exchange: Exchange, place: Readonly<Record<string, string>>) => void | Promise<void>;

type Route = { readonly method: string; readonly pattern: RegExp; readonly handler: Handler };

/** Finds the handler of a request by method and path. `:name` in a path stands for one segment; case makes no difference outside of these. */
export class Router {
  private readonly routes: Route[] = [];

  public on(method: string, path: string, handler: Handler): void {
    const pattern = new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`, 'i');
    this.routes.push({ method, pattern, handler });
  }

  /** @throws ApiError when there is nothing at that path, or not with that method */
  public async handle(exchange: Exchange): Promise<void> {
    const here = this.routes.filter(({ pattern }) => pattern.test(exchange.path));
    const route = here.find(({ method }) => method === exchange.method);
    if (!route) {
      if (here.length > 0)
        throw new ApiError(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${exchange.method}' not allowed.`);
      throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
    }
    const groups = Object.entries(route.pattern.exec(exchange.path)?.groups ?? {});
    await route.handler(exchange, Object.fromEntries(groups.map(([name, value]) => [name, decodeURIComponent(value)])));
  }
}
