using BigTech.Users.Domain;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

internal static class GetPublicKeys
{
    private static readonly string CacheControl =
        string.Create(CultureInfo.InvariantCulture, $"public, max-age={(int)KeySchedule.ListLifetime.TotalSeconds}");

    public static FileContentHttpResult Handle(SigningKeys keys, HttpResponse response)
    {
        response.Headers.CacheControl = CacheControl;
        return TypedResults.Bytes(keys.PublicKeys, "application/json");
    }
}
