using System.ComponentModel.DataAnnotations;

namespace BigTech.Users.Features;

/// <summary>The tokens of a session.</summary>
/// <param name="AccessToken">For the header <c>Authorization: Bearer</c> of all requests.</param>
/// <param name="RefreshToken">For the next tokens of the session; it is used once.</param>
/// <param name="TokenType">How the access token is used (RFC 6750).</param>
/// <param name="ExpiresIn">The lifetime of the access token in seconds.</param>
/// <param name="UserId">The user who is signed in.</param>
internal sealed record TokenResponse(
    string AccessToken, string RefreshToken, [property: AllowedValues(TokenResponse.Bearer)] string TokenType, int ExpiresIn, long UserId)
{
    public const string Bearer = "bearer";
}

/// <summary>The answer to a sign-in.</summary>
/// <param name="AccessToken">For the header <c>Authorization: Bearer</c> of all requests.</param>
/// <param name="RefreshToken">For the next tokens of the session; it is used once.</param>
/// <param name="TokenType">How the access token is used (RFC 6750).</param>
/// <param name="ExpiresIn">The lifetime of the access token in seconds.</param>
/// <param name="UserId">The user who is signed in.</param>
/// <param name="DeviceToken">To be sent at the next sign-in: a lock of the account does not concern this device.</param>
internal sealed record SignInResponse(
    string AccessToken, string RefreshToken, [property: AllowedValues(TokenResponse.Bearer)] string TokenType, int ExpiresIn, long UserId,
    string DeviceToken);
