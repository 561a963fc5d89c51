using System.Net;
using System.Security.Cryptography;
using System.Text;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BigTech.BuildingBlocks.Web.Services;

/// <summary>
/// Authenticates the product's own services by their shared secret. Their statements about the user are trusted: the user's address, for
/// which sign-in counts failures. For other callers the internal paths do not exist.
/// </summary>
public sealed class ServiceAuthenticationMiddleware(RequestDelegate next, ServicesOptions options)
{
    /// <summary>The header that carries the secret.</summary>
    public const string Header = "X-Service-Key";

    private const string ForwardedFor = "X-Forwarded-For";

    private readonly byte[][] _digests =
        [.. new[] { options.Secret,
            options.PreviousSecret }.OfType<string>().Select(secret => SHA256.HashData(Encoding.UTF8.GetBytes(secret)))];

    public Task Invoke(HttpContext context)
    {
        var isService = IsService(context.Request);
        if (isService) BelieveAddress(context);
        if (!isService && context.GetEndpoint()?.Metadata.GetMetadata<ForServices>() is not null)
        {
            return ProblemMiddleware.Write(context, AppError.NotFound("not_found", "There is nothing at this path."));
        }
        return next(context);
    }

    private bool IsService(HttpRequest request)
    {
        if (_digests.Length == 0 || request.Headers[Header] is not [{ Length: > 0 } presented]) return false;
        // Digests have equal lengths, so the time of the comparison reveals nothing about the secret.
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(presented));
        return _digests.Any(known => CryptographicOperations.FixedTimeEquals(known, digest));
    }

    private static void BelieveAddress(HttpContext context)
    {
        if (context.Request.Headers[ForwardedFor] is [{ } given] && IPAddress.TryParse(given, out var address))
        {
            context.Connection.RemoteIpAddress = address;
        }
    }
}

public static class ServiceEndpoints
{
    /// <summary>Restricts endpoints to the product's own services.</summary>
    public static TBuilder RequireService<TBuilder>(this TBuilder endpoints) where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new ForServices(), new ExcludeFromDescriptionAttribute());
}
