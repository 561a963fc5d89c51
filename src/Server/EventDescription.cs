using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Server;

/// <summary>
/// <c>GET /asyncapi.json</c>, without authorization: the topics with their events and the streams, as AsyncAPI 3.0. A test makes the file
/// from the code.
/// </summary>
internal static class EventDescription
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);
    private static readonly JsonRepresentation Json = new(Read(), MaxAge);

    public static void MapEventDescription(this IEndpointRouteBuilder app) =>
        app.MapGet("/asyncapi.json", EventDescription.Handle).AllowAnonymous().ExcludeFromDescription();

    private static FileContentHttpResult Handle(HttpResponse response) => Json.ToResult(response);

    private static byte[] Read()
    {
        using var file = typeof(EventDescription).Assembly.GetManifestResourceStream("asyncapi.json")!;
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
