using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>
/// JSON that many requests get and that is expensive to make. A client that has it already gets 304 (<c>ETag</c>, RFC 9110, section 13).
/// </summary>
/// <param name="maxAge">How long a client may use it without asking.</param>
public sealed class JsonRepresentation(byte[] json, TimeSpan maxAge)
{
    private const int ETagBytes = 12;

    private readonly EntityTagHeaderValue _tag = new($"\"{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, ETagBytes))}\"");

    private readonly string _cacheControl = string.Create(CultureInfo.InvariantCulture, $"public, max-age={(int)maxAge.TotalSeconds}");

    public FileContentHttpResult ToResult(HttpResponse response)
    {
        response.Headers.CacheControl = _cacheControl;
        return TypedResults.Bytes(json, "application/json; charset=utf-8", entityTag: _tag);
    }
}
