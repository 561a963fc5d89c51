namespace BigTech.Users.Features;

/// <param name="ExpiresIn">The lifetime of the access token in seconds.</param>
internal sealed record TokenResponse(string AccessToken, string RefreshToken, string TokenType, int ExpiresIn, long UserId);
