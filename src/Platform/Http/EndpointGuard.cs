using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace BigTech.Platform.Http;

/// <summary>Refuses to start a program with an endpoint that says neither who may call it nor that everybody may.</summary>
public static class EndpointGuard
{
    /// <exception cref="StartupException">Names every endpoint without a decision.</exception>
    public static void RequireAuthorizationDecisions(this IEndpointRouteBuilder app)
    {
        var endpoints = app.DataSources.SelectMany(source => source.Endpoints).ToList();
        if (endpoints.Count == 0) throw new StartupException("No endpoint is mapped.");
        var open = endpoints
            .Where(e => e.Metadata.GetMetadata<IAuthorizeData>() is null && e.Metadata.GetMetadata<IAllowAnonymous>() is null)
            .Select(e => e.DisplayName)
            .ToList();
        if (open.Count > 0) throw new StartupException($"Endpoints without an authorization decision: {string.Join(", ", open)}.");
    }
}
