using Polymath.Data;

namespace Polymath.Tests;

public sealed class TargetColumnTests
{
    [Theory]
    [InlineData("income", "income", "income", TargetOperator.None, null, TargetKind.Auto)]
    [InlineData("income:binary", "income", "income", TargetOperator.None, null, TargetKind.Binary)]
    [InlineData(" score : Regression ", "score", "score", TargetOperator.None, null, TargetKind.Regression)]
    [InlineData("rich=income:binary", "rich", "income", TargetOperator.None, null, TargetKind.Binary)]
    [InlineData("married=marital-status==Never-married:binary", "married", "marital-status", TargetOperator.Equal, "Never-married", TargetKind.Binary)]
    [InlineData("old=age>=65", "old", "age", TargetOperator.GreaterOrEqual, "65", TargetKind.Binary)]
    [InlineData("age<18", "age<18", "age", TargetOperator.Less, "18", TargetKind.Binary)]
    [InlineData("age <= 18", "age <= 18", "age", TargetOperator.LessOrEqual, "18", TargetKind.Binary)]
    [InlineData("a>1.5", "a>1.5", "a", TargetOperator.Greater, "1.5", TargetKind.Binary)]
    [InlineData("x=a!=b", "x", "a", TargetOperator.NotEqual, "b", TargetKind.Binary)]
    [InlineData("rich=income==>50K", "rich", "income", TargetOperator.Equal, ">50K", TargetKind.Binary)]
    [InlineData("x=a=='two words'", "x", "a", TargetOperator.Equal, "two words", TargetKind.Binary)]
    [InlineData("Jitter:RAP", "Jitter:RAP", "Jitter:RAP", TargetOperator.None, null, TargetKind.Auto)]
    [InlineData("Jitter:RAP:regression", "Jitter:RAP", "Jitter:RAP", TargetOperator.None, null, TargetKind.Regression)]
    [InlineData("subject#:count", "subject#", "subject#", TargetOperator.None, null, TargetKind.Count)]
    [InlineData("class of worker", "class of worker", "class of worker", TargetOperator.None, null, TargetKind.Auto)]
    [InlineData("v1.2:multiclass", "v1.2", "v1.2", TargetOperator.None, null, TargetKind.Multiclass)]
    public void The_notation_parses(string text, string name, string column, TargetOperator comparison, string? value, TargetKind kind)
    {
        TargetColumn target = TargetColumn.Parse(text);
        Assert.Equal(new TargetColumn(name, column, comparison, value, kind), target);
    }

    [Theory]
    [InlineData("income:binary")]
    [InlineData("rich=income:auto")]
    [InlineData("married=marital-status==Never-married:binary")]
    [InlineData("age<18:binary")]
    public void A_target_prints_as_it_is_written(string text)
    {
        TargetColumn target = TargetColumn.Parse(text);
        Assert.Equal(text, target.ToString());
        Assert.Equal(target, TargetColumn.Parse(target.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":binary")]
    [InlineData("=income")]
    [InlineData("x=")]
    [InlineData("x==")]
    [InlineData("==5")]
    public void Empty_parts_are_refused(string text) => Expect.Sentence(() => TargetColumn.Parse(text), $"'{text}'", "empty");

    [Fact]
    public void A_comparison_of_another_kind_is_refused() => Expect.Sentence(() => TargetColumn.Parse("age>=65:regression"), "age>=65:regression", "binary");
}
