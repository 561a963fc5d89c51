using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace BigTech.BuildingBlocks.Web.Docs;

/// <summary><c>GET /openapi.json</c>. The document depends only on the program, so it is made once, by the first request for it.</summary>
internal sealed class ApiDescription(IOpenApiDocumentProvider documents)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private Task<JsonRepresentation>? _made;

    public async Task<FileContentHttpResult> Handle(HttpResponse response, CancellationToken ct) =>
        (await Made().WaitAsync(ct)).ToResult(response);

    private Task<JsonRepresentation> Made()
    {
        lock (_gate)
        {
            if (_made is null or { IsFaulted: true }) _made = Make();
            return _made;
        }
    }

    private async Task<JsonRepresentation> Make()
    {
        var document = await documents.GetOpenApiDocumentAsync(CancellationToken.None);
        using var json = new MemoryStream();
        await using (var text = new StreamWriter(json, leaveOpen: true))
        {
            var writer = new OpenApiJsonWriter(text, new OpenApiJsonWriterSettings { Terse = true });
            document.SerializeAs(OpenApiSpecVersion.OpenApi3_1, writer);
        }
        return new JsonRepresentation(json.ToArray(), MaxAge);
    }
}
