using Microsoft.AspNetCore.Http;

namespace BigTech.Users.Features;

/// <summary>Headers of responses with secrets, and of errors that delay the next password.</summary>
internal sealed class SignInHeaders(UsersOptions options) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var headers = context.HttpContext.Response.Headers;
        headers.CacheControl = "no-store";
        try
        {
            return await next(context);
        }
        catch (AppError error) when (error is { Kind: ErrorKind.RateLimited, RetryAfter: { } wait })
        {
            headers["RateLimit-Limit"] = (error.Limit ?? options.LockAfterFailures).ToString(CultureInfo.InvariantCulture);
            headers["RateLimit-Remaining"] = "0";
            headers["RateLimit-Reset"] = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            throw;
        }
    }
}
