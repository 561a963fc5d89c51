using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>The OpenAPI description of an endpoint, in the route table itself.</summary>
public static class EndpointDocs
{
    /// <summary>Names an operation and lists its own error statuses; 401 and 500 apply to all operations.</summary>
    public static RouteHandlerBuilder Describe(
        this RouteHandlerBuilder endpoint, string operationId, string summary, params ReadOnlySpan<int> problems)
    {
        endpoint.WithName(operationId).WithSummary(summary);
        foreach (var status in problems) endpoint.ProducesProblem(status);
        return endpoint;
    }
}
