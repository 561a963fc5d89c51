using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>
/// Prevents a start with an endpoint that neither requires a user or another service nor allows anonymous callers, that requires a check
/// that does not exist here, or that takes a browser's cookie for a change.
/// </summary>
public static class EndpointGuard
{
    /// <exception cref="StartupException">Lists every such endpoint.</exception>
    public static void RequireAuthorizationDecisions(this IEndpointRouteBuilder app)
    {
        var endpoints = app.DataSources.SelectMany(source => source.Endpoints).ToList();
        if (endpoints.Count == 0) throw new StartupException("No endpoint is mapped.");
        Refuse("Endpoints without an authorization decision",
            endpoints.Where(endpoint => !IsOpen(endpoint) && !IsClosed(endpoint) && !IsForServices(endpoint)));
        Refuse("Endpoints that are both open and closed",
            endpoints.Where(endpoint => IsOpen(endpoint) && (IsClosed(endpoint) || IsForServices(endpoint))));
        Refuse("Endpoints that ask for more than a signed-in caller", endpoints.Where(AsksForMore));
        Refuse("Endpoints that take a browser's cookie for more than a GET of a signed-in caller",
            endpoints.Where(endpoint => TakesCookie(endpoint) && !(IsClosed(endpoint) && TakesOnlyReads(endpoint))));
    }

    private static bool IsOpen(Endpoint endpoint) => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    private static bool IsClosed(Endpoint endpoint) => endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null;

    private static bool IsForServices(Endpoint endpoint) => endpoint.Metadata.GetMetadata<ForServices>() is not null;

    private static bool TakesCookie(Endpoint endpoint) => endpoint.Metadata.GetMetadata<AcceptsBrowserSession>() is not null;

    private static bool TakesOnlyReads(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is { HttpMethods: { Count: > 0 } methods }
            && methods.All(method => HttpMethods.IsGet(method) || HttpMethods.IsHead(method));

    private static bool AsksForMore(Endpoint endpoint) => endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>()
        .Any(asked => asked.Policy is not null || asked.Roles is not null || asked.AuthenticationSchemes is not null);

    private static void Refuse(string complaint, IEnumerable<Endpoint> endpoints)
    {
        var names = string.Join(", ", endpoints.Select(endpoint => endpoint.DisplayName));
        if (names.Length > 0) throw new StartupException($"{complaint}: {names}.");
    }
}
