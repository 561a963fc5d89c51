using BigTech.BuildingBlocks.Streaming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>HEAD requests, as load balancers, caches and curl users send them.</summary>
public static class HeadRequests
{
    /// <summary>
    /// Endpoints mapped on the result that accept GET accept HEAD as well; the web server omits the body (RFC 9110, section 9.3.2). Not
    /// streams: they have side effects and never end. Not a GET that changes something: HEAD is safe (section 9.2.1).
    /// </summary>
    public static IEndpointRouteBuilder MapHeadForGet(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup("");
        ((IEndpointConventionBuilder)routes).Finally(endpoint =>
        {
            if (TakesOnlyGet(endpoint) && !IsStream(endpoint) && !HasSideEffects(endpoint))
            {
                endpoint.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
            }
        });
        return routes;
    }

    /// <summary>Marks a GET that changes something, so that it does not accept HEAD.</summary>
    public static RouteHandlerBuilder HasSideEffects(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(SideEffects.Instance);

    private static bool HasSideEffects(EndpointBuilder endpoint) => endpoint.Metadata.OfType<SideEffects>().Any();

    private static bool TakesOnlyGet(EndpointBuilder endpoint) =>
        endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is { HttpMethods: [var method] } && HttpMethods.IsGet(method);

    private static bool IsStream(EndpointBuilder endpoint) =>
        endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().Any(answer => answer.ContentTypes.Contains(StreamRequest.MediaType));

    private sealed class SideEffects
    {
        public static readonly SideEffects Instance = new();
    }
}
