namespace BigTech.Users.Features;

/// <summary>The errors of this context. The routes name those of each operation.</summary>
internal static class AccountErrors
{
    public static AppError UserNotFound() => AppError.NotFound("user_not_found", "There is no such user.");

    public static AppError SessionNotFound() => AppError.NotFound("session_not_found", "There is no such open session.");

    public static AppError EmailTaken() => AppError.Conflict("email_taken", "This e-mail address already has an account.", "email");

    public static AppError UsernameTaken() => AppError.Conflict("username_taken", "This username is taken.", "username");

    public static AppError InvalidCredentials() =>
        AppError.Unauthorized("invalid_credentials", "The e-mail address or the password is wrong.");

    public static AppError InvalidRefreshToken() => AppError.Unauthorized(
        "invalid_refresh_token", "The refresh token is not valid, has expired, or its session has ended.");

    public static AppError RefreshTokenReused() => AppError.Unauthorized(
        "refresh_token_reused", "The refresh token was used before, so its session has ended. Sign in again.");

    public static AppError WrongPassword() => AppError.Forbidden("wrong_password", "The password is wrong.");

    public static AppError EmailNotVerified() => AppError.Forbidden(
        "email_not_verified", "The e-mail address is not verified yet: use the link in the mail that was sent to it.");

    public static AppError PasswordRequired() => AppError.Forbidden(
        "password_required", "This address was registered more than once: send the password of your registration as well.");

    public static AppError UnknownToken() => AppError.NotFound(
        "unknown_token", "This code is not valid: it was used, has expired, or was never given.");

    public static AppError MailUnavailable() =>
        AppError.Unavailable("mail_unavailable", "This server sends no mails.", retryAfter: TimeSpan.FromHours(1));

    public static AppError PasswordChanged() => AppError.Conflict(
        "password_changed", "The password was changed at the same time elsewhere.");

    public static AppError MalformedForm(Exception? cause = null) =>
        AppError.BadRequest("malformed_form", "The request body is not a valid form.", cause);
}
