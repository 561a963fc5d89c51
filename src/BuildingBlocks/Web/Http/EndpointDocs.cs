using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>Errors of an operation, beside those that its form already implies.</summary>
internal sealed record Refusals(IReadOnlyList<AppError> Errors);

/// <summary>The OpenAPI description of an endpoint, in the route table itself.</summary>
public static class EndpointDocs
{
    /// <summary>
    /// Names an operation and lists its own errors, as its use case throws them. The description adds those of its body, its query, its
    /// authorization, of limits and of stores: <c>ErrorAnswers</c>.
    /// </summary>
    public static RouteHandlerBuilder Describe(
        this RouteHandlerBuilder endpoint, string operationId, string summary, params AppError[] errors) =>
        endpoint.WithName(operationId).WithSummary(summary).Refuses(errors);

    /// <summary>Lists errors of an endpoint or of all endpoints of a group.</summary>
    public static T Refuses<T>(this T endpoints, params AppError[] errors) where T : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new Refusals(errors));
}
