namespace BigTech.Contracts.Users;

/// <summary>The data of a user that every context may know.</summary>
public sealed record UserSummary(long Id, string Username, string DisplayName, string? ProfileImageUrl, string? StatusMessage = null);

/// <summary>User lookup in the User context, for reads that cannot wait for an event.</summary>
public interface IUserDirectory
{
    /// <summary>The users of <paramref name="ids"/> that exist, in no order; unknown ids are left out.</summary>
    Task<IReadOnlyList<UserSummary>> Find(IReadOnlyCollection<long> ids, CancellationToken ct);
}
