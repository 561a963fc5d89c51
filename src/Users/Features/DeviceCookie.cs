using BigTech.Users.Passwords;
using Microsoft.AspNetCore.Http;

namespace BigTech.Users.Features;

/// <summary>The device token of a browser, and of any client that sends the header.</summary>
internal static class DeviceCookie
{
    public const string Header = "X-Device-Token";
    private const string Name = "device_token";

    /// <summary>The device by which the user has signed in before.</summary>
    /// <param name="header">The value of <see cref="Header"/>, if it was sent.</param>
    public static Guid? Find(HttpRequest request, string? header, DeviceTokens tokens, long userId) =>
        tokens.DeviceOf(header, userId) ?? tokens.DeviceOf(request.Cookies[Name], userId);

    public static void Set(HttpContext context, string token, TimeSpan lifetime) =>
        context.Response.Cookies.Append(Name, token, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = IsHttps(context.Request),
            Path = "/",
            MaxAge = lifetime,
            IsEssential = true,
        });

    /// <summary>Whether the browser came by https. The header is believed: a forged one only makes a cookie stricter.</summary>
    public static bool IsHttps(HttpRequest request) =>
        request.IsHttps || request.Headers["X-Forwarded-Proto"].ToString().Split(',')[0].Trim() is "https";
}
