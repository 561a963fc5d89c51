namespace BigTech.Users.Features;

/// <param name="ExpiresIn">The lifetime of the access token in seconds.</param>
internal sealed record TokenResponse(string AccessToken, string RefreshToken, string TokenType, int ExpiresIn, long UserId);

/// <summary>The answer to a sign-in.</summary>
/// <param name="ExpiresIn">The lifetime of the access token in seconds.</param>
/// <param name="DeviceToken">To be sent at the next sign-in: a lock of the account does not concern this device.</param>
internal sealed record SignInResponse(
    string AccessToken, string RefreshToken, string TokenType, int ExpiresIn, long UserId, string DeviceToken);
