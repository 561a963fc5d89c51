using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>
/// Prevents a start with an endpoint that neither requires a user or another service nor allows anonymous callers, or that requires a check
/// that does not exist here.
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
    }

    private static bool IsOpen(Endpoint endpoint) => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    private static bool IsClosed(Endpoint endpoint) => endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null;

    private static bool IsForServices(Endpoint endpoint) => endpoint.Metadata.GetMetadata<ForServices>() is not null;

    private static bool AsksForMore(Endpoint endpoint) => endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>()
        .Any(asked => asked.Policy is not null || asked.Roles is not null || asked.AuthenticationSchemes is not null);

    private static void Refuse(string complaint, IEnumerable<Endpoint> endpoints)
    {
        var names = string.Join(", ", endpoints.Select(endpoint => endpoint.DisplayName));
        if (names.Length > 0) throw new StartupException($"{complaint}: {names}.");
    }
}
