using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.BuildingBlocks.Web.Services;
using BigTech.Gateway;
using BigTech.Users;
using BigTech.Users.Storage;

namespace BigTech.Tests.Unit.Users;

/// <summary>Whoever waits in vain gets the answer of the service that let them wait, and not the gateway's time-out.</summary>
public sealed class LongestWaitTests
{
    private static readonly TimeSpan HashQueue = TimeSpan.FromSeconds(new UsersOptions().PasswordQueueSeconds);
    private static readonly TimeSpan TimeOut = TimeSpan.FromSeconds(new GatewayOptions().TimeoutSeconds);

    // A call is attempted twice.
    private static readonly TimeSpan Call = 2 * TimeSpan.FromMilliseconds(new ServicesOptions().TimeoutMilliseconds);

    [Fact]
    public void A_sign_in_and_a_change_of_the_password_read_wait_for_one_hash_and_write() =>
        (Store.MaxWait + HashQueue + Store.MaxWait).ShouldBeLessThan(TimeOut);

    [Fact]
    public void A_search_for_people_waits_for_the_users_other_ones_for_a_place_and_for_a_read() =>
        (SearchLimits.MaxWait + UserSearch.MaxWait + Store.MaxWait).ShouldBeLessThan(TimeOut);

    [Fact]
    public void A_search_among_a_thousand_friends_reads_and_calls_three_times() =>
        (SearchLimits.MaxWait + Store.MaxWait + 3 * Call).ShouldBeLessThan(TimeOut);
}
