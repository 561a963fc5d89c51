namespace BigTech.Friends.Views;

/// <summary>The errors of this context. The routes name those of each operation.</summary>
internal static class FriendErrors
{
    public static AppError Self() => AppError.BadRequest("self", "This takes another user.");

    public static AppError UserNotFound() => AppError.NotFound("user_not_found", "There is no such user.");

    public static AppError Blocked() => AppError.Forbidden("blocked", "This is not possible with this user.");

    public static AppError RequestPending() => AppError.Conflict("request_pending", "Your last request to this user is still open.");

    public static AppError AlreadyFriends() => AppError.Conflict("already_friends", "You are friends already.");

    public static AppError RequestNotFound() => AppError.NotFound("request_not_found", "There is no such request.");

    public static AppError NotTheAddressee() =>
        AppError.Forbidden("not_the_addressee", "Only the one who was asked may answer a request.");

    public static AppError NotTheRequester() =>
        AppError.Forbidden("not_the_requester", "Only the one who asked may take a request back.");

    public static AppError NotPending() => AppError.Conflict("not_pending", "The request is no longer open.");

    public static AppError NotFriends() => AppError.NotFound("not_friends", "You are not friends with this user.");

    public static AppError NotBlocked() => AppError.NotFound("not_blocked", "You have not blocked this user.");
}
