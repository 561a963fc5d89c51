namespace BigTech.Contracts.Users;

/// <summary>What every context may know of a user.</summary>
public sealed record UserSummary(long Id, string Username, string DisplayName, string? ProfileImageUrl, string? StatusMessage = null);

/// <summary>The User context's answer to "who is this?", for reads that cannot wait for an event.</summary>
public interface IUserDirectory
{
    /// <summary>The users of <paramref name="ids"/> that exist, in no order; unknown ids are left out.</summary>
    Task<IReadOnlyList<UserSummary>> Find(IReadOnlyCollection<long> ids, CancellationToken ct);
}
