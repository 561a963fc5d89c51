using BigTech.BuildingBlocks.Core;

namespace BigTech.Tests.Unit.BuildingBlocks;

public sealed class ValidationErrorsTests
{
    [Fact]
    public void Without_errors_nothing_is_thrown()
    {
        var errors = new ValidationErrors();
        errors.Check(true, "name", "Is wrong.").ShouldBeTrue();
        Should.NotThrow(errors.ThrowIfAny);
    }

    [Fact]
    public void All_errors_of_all_fields_are_in_one_error()
    {
        var errors = new ValidationErrors();
        errors.Check(false, "name", "Is too long.").ShouldBeFalse();
        errors.Check(false, "email", "Is required.");
        errors.Check(false, "name", "Has a NUL.");

        var error = Should.Throw<AppError>(errors.ThrowIfAny);

        (error.Kind, error.Code).ShouldBe((ErrorKind.Invalid, "invalid"));
        error.Errors.ShouldNotBeNull().Keys.Order().ShouldBe(["email", "name"]);
        error.Errors["name"].ShouldBe(["Is too long.", "Has a NUL."]);
    }
}
