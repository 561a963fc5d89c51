using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Web.Http;

namespace BigTech.Tests.Unit.BuildingBlocks;

public sealed class PagingTests
{
    [Theory]
    [InlineData(null, 50)]
    [InlineData(1, 1)]
    [InlineData(100, 100)]
    public void A_limit_is_between_1_and_100(int? given, int used) => Paging.Limit(given).ShouldBe(used);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(101)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void Any_other_limit_is_refused(int given)
    {
        var error = Should.Throw<AppError>(() => Paging.Limit(given));
        error.Kind.ShouldBe(ErrorKind.Invalid);
        error.Errors.ShouldNotBeNull().Keys.ShouldBe(["limit"]);
    }

    [Fact]
    public void A_list_may_have_its_own_default() => Paging.Limit(null, 20).ShouldBe(20);

    [Fact]
    public void Skipping_backwards_is_refused()
    {
        Paging.Skip(null, null).ShouldBe(0);
        Paging.Skip(7, null).ShouldBe(7);
        Should.Throw<AppError>(() => Paging.Skip(-1, null)).Errors.ShouldNotBeNull().Keys.ShouldBe(["skip"]);
    }

    [Theory]
    [InlineData("1:2")]
    [InlineData("")]
    [InlineData("한국어 / ? & =")]
    public void A_cursor_goes_to_the_client_and_back(string place)
    {
        var cursor = Paging.Cursor(place);
        Uri.EscapeDataString(cursor).ShouldBe(cursor, "a cursor needs no escaping in a query");
        Paging.Place(cursor, "before").ShouldBe(place);
    }

    [Fact]
    public void No_cursor_is_no_place() => Paging.Place(null, "before").ShouldBeNull();

    [Theory]
    [InlineData("%%%")]
    [InlineData("a")]
    [InlineData("ab cd!")]
    [InlineData("_w")]
    [InlineData("한글")]
    public void Rubbish_is_no_cursor(string cursor) =>
        Should.Throw<AppError>(() => Paging.Place(cursor, "before")).Errors.ShouldNotBeNull().Keys.ShouldBe(["before"]);
}
